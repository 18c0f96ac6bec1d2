namespace ActorBroker.Protocol.Tests.Wire;

public class ErrorCatalogTests
{
    [Fact]
    public void EveryCodeHasItsOwnEntry()
    {
        var messages = Enum.GetValues<ErrorCode>().Select(ErrorCatalog.DefaultMessage).ToList();
        Assert.All(messages, message => Assert.False(string.IsNullOrWhiteSpace(message)));
        Assert.Equal("This server does not host this topic-partition.", ErrorCatalog.DefaultMessage(ErrorCode.UnknownTopicOrPartition));
        Assert.Equal("The limit of share sessions has been reached.", ErrorCatalog.DefaultMessage(ErrorCode.ShareSessionLimitReached));
    }

    [Theory]
    [InlineData(ErrorCode.NotLeaderOrFollower, true)]
    [InlineData(ErrorCode.CoordinatorLoadInProgress, true)]
    [InlineData(ErrorCode.TopicAlreadyExists, false)]
    [InlineData(ErrorCode.None, false)]
    [InlineData((ErrorCode)9999, false)]
    public void RetriableMeansWhatClientsTakeItFor(ErrorCode code, bool retriable) =>
        Assert.Equal(retriable, new KafkaError(code).IsRetriable);

    [Fact]
    public void AnErrorSaysItsOwnTextBeforeTheDefault()
    {
        Assert.Null(KafkaError.None.Text);
        Assert.Equal("why", new KafkaError(ErrorCode.InvalidRequest, "why").Text);
        KafkaError error = ErrorCode.InvalidRequest;
        Assert.Equal(ErrorCatalog.DefaultMessage(ErrorCode.InvalidRequest), error.Text);
    }
}
