/// The help of `headcast doctor`.
enum DoctorHelp {
    static let text = """
        Takes the settings of a gateway, from flags, environment and file alike, and
        checks each topic, then this machine. Run it where the gateway runs: what it
        finds holds for the DNS and the network of that pod. A gateway beside it is
        not disturbed.

        EXAMPLES
          kubectl exec deploy/headcast -- headcast doctor
          headcast doctor --topic \\
            orders=dns://headless-udp.shop.svc.cluster.local:12000
          headcast doctor --config headcast.yaml --no-probe

        OPTIONS
          --no-probe
              Send nothing to the endpoints. Otherwise up to 64 of them are sent
              datagrams as long as the topic's longest (maximumPayloadBytes in the raw
              format, else datagramBytes), don't-fragment up to 1,472 bytes as the
              topic's are, to the ports 33434 to 33436, where nobody listens: "port
              unreachable" proves that they arrive. No subscriber's port is touched.

          All settings of the gateway: headcast gateway --help

        CHECKS OF A TOPIC
          name        which DNS server answered, for which name, and how soon
          nameserver  servers that failed or were slow before one answered
          records     how many A, AAAA and SRV records there are
          answer      whether it came whole over UDP, or needed TCP
          ttl         how late a new pod is found
          endpoints   addresses that cannot be sent to
          mtu         whether the longest datagram fits the routes from here
          path        whether it gets through to the endpoints

        CHECKS OF THE MACHINE
          listen      the address for HTTP: free, or who has it
          source      the same of sendFrom
          descriptors the hard limit, and what the connections need
          sending     the send buffer that the kernel grants
          receiving   what a receiver on a node like this one can hold
          runs        many datagrams in one send (UDP_SEGMENT)
          ipv6, dns   whether it is there; who is asked

        EXIT STATUS
          0 when nothing is bad, 1 when something is, 64 when settings are faulty.
          Marks are coloured on a terminal, unless NO_COLOR is set.
        """
}
