import Glibc
import Synchronization
import Threads

/// Looks names up in DNS, on a thread of its own.
///
/// Calls may come from any thread, any number at a time; nothing here waits for the network. A name that answered is
/// asked for alone from then on, without the search domains that were tried before it.
package final class Resolver: Sendable {
    static let shutDownReason = "shut down"

    private let inbox: ResolverInbox
    private let thread: Mutex<pthread_t?>

    package init(_ configuration: ResolverConfiguration) throws(ResolvingError) {
        let inbox = try ResolverInbox()
        self.inbox = inbox
        do throws(ThreadError) {
            thread = Mutex(try startThread { Resolver.serve(inbox, configuration) })
        } catch {
            throw .cannotStart("thread", errno: error.errno)
        }
    }

    deinit { shutDown() }

    /// Looks `request` up and calls `completion` once, on the resolver's thread, which must not be held up.
    ///
    /// Takes at most the configuration's time limit. After a shutdown `completion` is called here and now. `observer` is
    /// told of every question and its outcome; of those whose outcome the result did not wait for, it hears later.
    package func lookUp(
        _ request: LookupRequest, observer: LookupObserver? = nil,
        completion: @escaping @Sendable (LookupResult) -> Void
    ) {
        guard !inbox.add(ResolverInbox.Job(request: request, observer: observer, completion: completion)) else {
            return
        }
        completion(.unknown(reason: Resolver.shutDownReason))
    }

    /// Ends every lookup as unknown and waits for the thread to end. Harmless when repeated.
    package func shutDown() {
        inbox.close()
        guard let thread = thread.withLock({ $0.take() }) else { return }
        if pthread_equal(thread, pthread_self()) != 0 {
            // The last reference was given up in a completion: no thread can wait for itself.
            pthread_detach(thread)
        } else {
            pthread_join(thread, nil)
        }
    }

    private static func serve(_ inbox: ResolverInbox, _ configuration: ResolverConfiguration) {
        do throws(ResolvingError) {
            try ResolverLoop(configuration, inbox: inbox).run()
        } catch {
            refuse(inbox, because: "\(error)")
        }
    }

    /// Answers every request as unknown; for a resolver that could not be set up.
    private static func refuse(_ inbox: ResolverInbox, because reason: String) {
        while true {
            let (jobs, isClosed) = inbox.take()
            for job in jobs { job.completion(.unknown(reason: reason)) }
            if isClosed { return }
            var descriptor = pollfd(fd: inbox.wakePipe.readEnd, events: Int16(POLLIN), revents: 0)
            poll(&descriptor, 1, -1)
            inbox.wakePipe.drain()
        }
    }
}
