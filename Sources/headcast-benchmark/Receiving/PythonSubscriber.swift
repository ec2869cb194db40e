/// The same as ``SubscriberCommand`` for the receiver in Python.
enum PythonSubscriber {
    /// Takes the path of the receiver's file, and how long payloads are.
    static let program = """
        import os, struct, sys, threading, time

        folder, file = os.path.split(sys.argv[1])
        sys.path.insert(0, folder)
        library = __import__(os.path.splitext(file)[0])
        size = int(sys.argv[2])
        filling = bytes(97 + position % 26 for position in range(\(Payload.stampBytes), size))
        deliveries = damaged = 0
        subscription = library.Subscription(0, "\(ReceiverPlan.address(0))")

        def report():
            while True:
                granted = 2 * subscription.granted_buffer
                os.write(\(Child.handedDescriptor), struct.pack("=QQQ", deliveries, damaged, granted))
                time.sleep(0.002)

        host, port = subscription.address
        print('{"message":"listening","endpoint":"%s:%d"}' % (host, port), flush=True)
        threading.Thread(target=report, daemon=True).start()
        for event in subscription:
            if isinstance(event, library.Message):
                if len(event.payload) == size and event.payload[\(Payload.stampBytes):] == filling:
                    deliveries += 1
                else:
                    damaged += 1
        """
}
