using ActorBroker.Actors.Controller;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Actors.Tests.Controller;

public sealed class UnsettledCommandsTests
{
    private readonly PendingCommand<ProducerIdsReply> _first = new(new AllocateProducerIds(1, 1));
    private readonly PendingCommand<ProducerIdsReply> _second = new(new AllocateProducerIds(1, 1));
    private readonly UnsettledCommands _unsettled;

    public UnsettledCommandsTests() => _unsettled = new UnsettledCommands(1, 4, [
        new DecidedCommand(_first, new ProducerIdsReply(KafkaError.None, 10, 1), 20),
        new DecidedCommand(_second, new ProducerIdsReply(KafkaError.None, 11, 1), 21),
    ]);

    private static MetadataImage Recovered(int controller, int epoch, long offset) =>
        MetadataImage.Empty with { ControllerId = controller, ControllerEpoch = epoch, Offset = offset };

    [Fact]
    public async Task What_the_recovered_log_has_is_answered_and_what_it_lacks_is_decided_anew()
    {
        Assert.Same(_second, Assert.Single(_unsettled.Settle(Recovered(1, 4, 20))));
        Assert.Equal(10, (await _first.Answer).Reply!.FirstProducerId);
        Assert.False(_second.Answer.IsCompleted);
    }

    [Fact]
    public void A_log_that_ends_before_the_term_has_nothing_of_it()
    {
        Assert.Equal([_first, _second], _unsettled.Settle(Recovered(2, 3, 30)));
        Assert.False(_first.Answer.IsCompleted);
    }

    [Theory]
    [InlineData(2, 4)]
    [InlineData(2, 5)]
    [InlineData(1, 5)]
    public void After_another_term_nobody_knows(int controller, int epoch)
    {
        Assert.Empty(_unsettled.Settle(Recovered(controller, epoch, 30)));
        Assert.All(new[] { _first, _second }, command => Assert.Equal(ErrorCode.RequestTimedOut, command.Answer.Result.Error.Code));
    }

    [Fact]
    public void Nobody_waits_any_more_for_an_abandoned_command()
    {
        _first.Abandon();
        Assert.Same(_second, Assert.Single(_unsettled.Settle(Recovered(1, 4, 19))));
    }
}
