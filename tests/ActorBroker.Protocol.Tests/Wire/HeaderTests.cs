namespace ActorBroker.Protocol.Tests.Wire;

public class HeaderTests
{
    [Theory]
    [InlineData(ApiKey.Metadata, 8, "0003000800000007000362656E")]
    [InlineData(ApiKey.Metadata, 9, "0003000900000007000362656E00")]
    [InlineData(ApiKey.ApiVersions, 3, "0012000300000007000362656E00")]
    [InlineData(ApiKey.SaslHandshake, 1, "0011000100000007000362656E")]
    public void ARequestHeaderFollowsTheVersionOfItsApi(ApiKey key, short version, string hex)
    {
        using var writer = new WireWriter();
        RequestHeader.Write(writer, key, version, 7, "ben");
        Assert.Equal(hex, Convert.ToHexString(writer.WrittenSpan));

        var reader = new WireReader(writer.WrittenMemory);
        var header = RequestHeader.Read(ref reader);
        reader.ExpectEnd();
        Assert.Equal((key, version, 7, "ben"), (header.ApiKey, header.ApiVersion, header.CorrelationId, header.ClientId));
    }

    [Fact]
    public void AClientMayHaveNoId()
    {
        var reader = new WireReader(Convert.FromHexString("0003000800000007FFFF"));
        var header = RequestHeader.Read(ref reader);
        Assert.Null(header.ClientId);
        Assert.False(header.ClientIdBytes.HasValue);
    }

    [Fact]
    public void AHeaderOfAnApiVersionsVersionFromTheFutureIsRead()
    {
        var reader = new WireReader(Convert.FromHexString("0012006300000001FFFF00"));
        Assert.Equal(99, RequestHeader.Read(ref reader).ApiVersion);
        Assert.Equal(0, reader.Remaining);
    }

    [Theory]
    [InlineData("7FFF000000000001FFFF")]
    [InlineData("FFFF000000000001FFFF")]
    public void AnUnknownApiIsRefused(string hex)
    {
        var refusal = Assert.Throws<WireFormatException>(() =>
        {
            var reader = new WireReader(Convert.FromHexString(hex));
            RequestHeader.Read(ref reader);
        });
        Assert.StartsWith("api key", refusal.Message);
    }

    [Theory]
    [InlineData(ApiKey.ApiVersions, 4, "00000007")]
    [InlineData(ApiKey.Metadata, 8, "00000007")]
    [InlineData(ApiKey.Metadata, 9, "0000000700")]
    public void AResponseHeaderFollowsTheVersionOfItsApiButNeverForApiVersions(ApiKey key, short version, string hex)
    {
        using var writer = new WireWriter();
        ResponseHeader.Write(writer, key, version, 7);
        Assert.Equal(hex, Convert.ToHexString(writer.WrittenSpan));
        var reader = new WireReader(writer.WrittenMemory);
        Assert.Equal(7, ResponseHeader.Read(ref reader, key, version));
    }

    [Fact]
    public void TheCatalogKnowsEveryKeyOnce()
    {
        Assert.Equal(Enum.GetValues<ApiKey>(), ApiCatalog.All.Select(entry => entry.Key));
        Assert.All(ApiCatalog.All, entry => Assert.Equal(entry.Key.ToString(), entry.Name));
        Assert.Equal(5, ApiCatalog.Get(ApiKey.InitProducerId).LatestStableVersion);
        Assert.Null(ApiCatalog.NewRequest(ApiKey.LeaderAndIsr));
        Assert.IsType<ActorBroker.Protocol.Messages.FetchResponse>(ApiCatalog.NewResponse(ApiKey.Fetch));
    }
}
