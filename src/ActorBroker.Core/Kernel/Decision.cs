namespace ActorBroker.Core.Kernel;

/// <summary>
/// What a machine answers to a command: the records that make it true, the reply to release once they are committed, and the
/// effects (timers, sends) to run then. A value: deciding never mutates the machine; only applying the records does.
/// </summary>
public readonly record struct Decision<TRecord, TReply, TEffect>(
    IReadOnlyList<TRecord> Records, TReply Reply, IReadOnlyList<TEffect> Effects)
{
    public static Decision<TRecord, TReply, TEffect> ReplyOnly(TReply reply) => new([], reply, []);
}
