import Endpoints
import Gateway
import Service

/// The help of `headcast gateway`, its lists written from the tables of settings.
enum GatewayHelp {
    static let text = """
        Every setting is a flag, an environment variable and a key of the file alike:
        --drain-timeout 20s, HEADCAST_DRAIN_TIMEOUT=20s and drainTimeout: 20s. Flags
        win over the environment, the environment wins over the file.

        EXAMPLES
          headcast gateway --topic \\
            orders=dns://headless-udp.shop.svc.cluster.local:12000
          headcast gateway --topic \\
            'orders=static://127.0.1.1:12000?policy=repeat&copies=3&spacing=50ms'
          headcast gateway --config headcast.yaml --listen 0.0.0.0:8080

          curl -d hello http://127.0.0.1:8080/publish/orders

        OPTIONS
          --check
              Only say whether the settings are valid (exit status 0, else 64), and
              print the topics. Nothing is bound, looked up or sent: headcast doctor
              does that.

        SETTINGS
          --config FILE
              A YAML file of settings.
        \(GatewaySettings.table.flagHelp(for: GatewayConfiguration(name: "name of the pod or host")))

        TOPICS
          NAME=dns://HOST:PORT           every address that HOST has, at PORT
          NAME=dns://HOST:PORTNAME       addresses and ports of SRV _PORTNAME._udp.HOST
          NAME=static://ADDRESS:PORT,... these endpoints

          HEADCAST_TOPIC holds several topics separated by spaces. In a file:

            topics:
              orders: dns://headless-udp.shop.svc.cluster.local:12000
              prices:
                source: static://10.0.0.1:12000,[2001:db8::1]:12000
                policy: repeat

          Keys of a topic, in a file or after ? in its URL, separated by &:

        \(TopicSettings.table.keyHelp(for: TopicConfiguration(name: "name", source: .static([]))))

        VALUES
          Durations are 250us, 50ms, 5s, 2m or 1h. Bytes are 1232, 64KiB, 16MiB or 1MB.
          Addresses are never names: 127.0.0.1:8080, 0.0.0.0:8080, [::]:8080 (both
          families).
        """
}
