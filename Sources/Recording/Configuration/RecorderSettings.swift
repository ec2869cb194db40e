import Records
import Service

/// Every setting of the recorder, in the order in which help lists them.
package enum RecorderSettings {
    package static let table = SettingTable<RecorderConfiguration>(main + Setting.drain + limits + Setting.log)

    private static let main: [Setting<RecorderConfiguration>] = [
        .store,
        .listen,
        Setting("name", "NAME", "What the recorder calls itself in status and metrics", \.name, .text),
        Setting(
            "retainFor", "DURATION", "Remove records that are older", \.retainFor,
            .optional(.duration(.seconds(1) ... .seconds(315_360_000)))
        ),
        Setting(
            "retainRecords", "COUNT", "Remove the oldest records beyond so many", \.retainRecords,
            .optional(.integer(1...1_000_000_000_000))
        ),
    ]

    private static let limits =
        [
            Setting<RecorderConfiguration>(
                "maximumPayloadBytes", "BYTES", "What a payload may have", \.maximumPayloadBytes, .size(0...8 << 20)
            ),
            Setting(
                "maximumWaitingResponses", "COUNT", "Responses that wait for the store at a time; beyond it 503",
                \.maximumWaitingResponses, .integer(1_000...1_000_000)
            ),
            Setting(
                "maximumWaitingBytes", "BYTES", "Memory for those; beyond it 503", \.maximumWaitingBytes,
                .size(32 << 20...1 << 36)
            ),
            Setting(
                "maximumGroupResponses", "COUNT", "Responses that are stored with one commit", \.maximumGroupResponses,
                .integer(1...100_000)
            ),
        ] + Setting<RecorderConfiguration>.http
}

extension Setting<RecorderConfiguration> {
    /// The store is shown without its password, here and wherever it is said what is wrong with it.
    fileprivate static var store: Setting {
        Setting(
            "store", "URL", "Where records are kept: sqlite:///PATH or postgres://USER@HOST/DATABASE"
        ) { inputs, configuration in
            var faults: [Fault] = []
            for input in inputs {
                switch input.content {
                case .null: continue
                case .scalar(let text):
                    do throws(StoreLocationFault) {
                        configuration.store = try StoreLocation(text)
                    } catch {
                        // A password may stand in what has the scheme of a server.
                        let shown = error == .unreadable ? "" : "\(text.quoted) "
                        faults.append(input.origin.fault(shown + error.description))
                    }
                case .sequence, .mapping:
                    faults.append(input.origin.fault("is \(input.content.kind); expected a single value"))
                }
            }
            return faults
        } text: {
            $0.store.description
        }
    }
}
