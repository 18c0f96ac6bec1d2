using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Groups;

/// <summary>What a <see cref="GroupPipeline"/> needs done outside: an actor live, the simulated world in tests.</summary>
public interface IGroupShell
{
    /// <summary>
    /// Writes the records as they stand, after those of earlier calls. The outcome comes back as <see cref="GroupPipeline.Refused"/>, or as
    /// <see cref="GroupPipeline.Appended"/> and then <see cref="GroupPipeline.Committed"/> or <see cref="GroupPipeline.Uncommitted"/>.
    /// </summary>
    void Append(long sequence, IReadOnlyList<GroupRecord> records);

    void Answer(Ticket ticket, GroupReply reply);

    /// <summary>A timer, or a line for the log.</summary>
    void Run(GroupEffect effect);
}
