import Endpoints
import Recording
import Service

/// The help of `headcast recorder`, its list written from the table of settings.
enum RecorderHelp {
    static var text: String {
        let usual = RecorderConfiguration(
            name: "name of the pod or host", store: UsualStore(in: Surroundings.environment).location)
        return """
            Every setting is a flag, an environment variable and a key of the file alike:
            --drain-timeout 20s, HEADCAST_DRAIN_TIMEOUT=20s and drainTimeout: 20s. Flags
            win over the environment, the environment wins over the file.

            EXAMPLES
              headcast recorder
              headcast recorder --store sqlite:///srv/recorder.db --retain-for 720h
              headcast recorder --store postgres://recorder@db.shop/headcast

              curl http://127.0.0.1:8090/responses -d \\
                '{"messageId":"m1","key":"total","responder":"pod-1","payload":"7"}'
              curl http://127.0.0.1:8090/records/m1

            OPTIONS
              --check
                  Only say whether the settings are valid (exit status 0, else 64). Nothing
                  is bound, and the store is not opened.

            SETTINGS
              --config FILE
                  A YAML file of settings.
            \(RecorderSettings.table.flagHelp(for: usual))

            STORES
              sqlite:///PATH                   a file, for one recorder at a time
              postgres://USER@HOST/DATABASE    a database of PostgreSQL, for any number of
                                               recorders; with parameters as libpq has them

            VALUES
              Durations are 250us, 50ms, 5s, 2m or 1h. Bytes are 1232, 64KiB, 16MiB or 1MB.
              Addresses are never names: 127.0.0.1:8090, 0.0.0.0:8090, [::]:8090 (both
              families).
            """
    }
}
