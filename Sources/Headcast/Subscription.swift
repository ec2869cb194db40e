/// What a subscriber receives.
public final class Subscription: Sendable {}
