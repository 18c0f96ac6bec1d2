using ActorBroker.Core.Ports;
using ActorBroker.Network.Handlers;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Tests.Admin;

/// <summary>The levels of the broker's loggers as a config resource (KIP-412).</summary>
public class LoggerLevelTests : ILoggerLevels
{
    private const sbyte Loggers = 8;
    private readonly AdminFixture _admin = new();
    private readonly SortedDictionary<string, string> _levels = new(StringComparer.Ordinal) { ["root"] = "INFO", ["gateway"] = "INFO" };

    IReadOnlyList<KeyValuePair<string, string>> ILoggerLevels.Describe() => [.. _levels];

    bool ILoggerLevels.Exists(string logger) => _levels.ContainsKey(logger);

    void ILoggerLevels.Set(string logger, string? level) => _levels[logger] = level ?? _levels["root"];

    [Fact]
    public async Task A_level_is_set_seen_and_unset()
    {
        Assert.Equal((ErrorCode.None, null), await AlterAsync("1", "gateway", 0, "DEBUG"));
        var described = await _admin.CallAsync(new DescribeConfigsHandler(Services), 4, new DescribeConfigsRequest
        {
            Resources = [new DescribeConfigsRequest.DescribeConfigsResource { ResourceType = Loggers, ResourceName = "1" }],
        });
        Assert.Equal([("gateway", "DEBUG"), ("root", "INFO")], described.Results[0].Configs.Select(config => (config.Name, config.Value!)));
        Assert.All(described.Results[0].Configs, config => Assert.Equal((false, (sbyte)6), (config.ReadOnly, config.ConfigSource)));
        Assert.Equal((ErrorCode.None, null), await AlterAsync("1", "gateway", 1, null));
        Assert.Equal("INFO", _levels["gateway"]);
    }

    [Theory]
    [InlineData("1", "nobody", 0, "DEBUG", ErrorCode.InvalidConfig, "Logger nobody does not exist!")]
    [InlineData("1", "nobody", 1, null, ErrorCode.InvalidConfig, "Logger nobody does not exist!")]
    [InlineData("1", "gateway", 0, "OFF", ErrorCode.InvalidConfig,
        "Cannot set the log level of gateway to OFF as it is not a supported log level. Valid log levels are DEBUG, ERROR, FATAL, INFO, TRACE, WARN")]
    [InlineData("1", "gateway", 0, "debug", ErrorCode.InvalidConfig,
        "Cannot set the log level of gateway to debug as it is not a supported log level. Valid log levels are DEBUG, ERROR, FATAL, INFO, TRACE, WARN")]
    [InlineData("1", "gateway", 0, null, ErrorCode.InvalidRequest, "Null value not supported for : gateway")]
    [InlineData("1", "gateway", 2, "DEBUG", ErrorCode.InvalidRequest, "APPEND operation is not allowed for the BROKER_LOGGER resource")]
    [InlineData("1", "gateway", 3, "DEBUG", ErrorCode.InvalidRequest, "SUBTRACT operation is not allowed for the BROKER_LOGGER resource")]
    [InlineData("1", "gateway", 9, "DEBUG", ErrorCode.InvalidRequest, "Unknown operation type 9 is not allowed for the BROKER_LOGGER resource")]
    [InlineData("1", "root", 1, null, ErrorCode.InvalidRequest, "Removing the log level of the root logger is not allowed")]
    [InlineData("", "gateway", 0, "DEBUG", ErrorCode.InvalidRequest, "Node id must be an integer, but it is: ")]
    public async Task What_cannot_be_says_why_and_nothing_changes(string node, string logger, sbyte operation, string? level, ErrorCode code, string message)
    {
        Assert.Equal((code, message), await AlterAsync(node, logger, operation, level));
        Assert.All(_levels.Values, value => Assert.Equal("INFO", value));
    }

    [Fact]
    public async Task All_of_a_resource_or_nothing_and_nothing_when_it_is_only_looked_at()
    {
        var both = await _admin.CallAsync(new IncrementalAlterConfigsHandler(Services), 1, Request(false, ("gateway", "DEBUG"), ("nobody", "DEBUG")));
        Assert.Equal(ErrorCode.InvalidConfig, Assert.Single(both.Responses).ErrorCode);
        var looked = await _admin.CallAsync(new IncrementalAlterConfigsHandler(Services), 1, Request(true, ("gateway", "DEBUG")));
        Assert.Equal(ErrorCode.None, Assert.Single(looked.Responses).ErrorCode);
        Assert.Equal("INFO", _levels["gateway"]);
    }

    [Fact]
    public async Task Named_twice_a_key_or_a_resource_is_refused()
    {
        var keys = await _admin.CallAsync(new IncrementalAlterConfigsHandler(Services), 1, Request(false, ("gateway", "DEBUG"), ("gateway", "WARN")));
        Assert.Equal("Error due to duplicate config keys", Assert.Single(keys.Responses).ErrorMessage);
        var request = Request(false, ("gateway", "DEBUG"));
        request.Resources.Add(request.Resources[0]);
        var resources = await _admin.CallAsync(new IncrementalAlterConfigsHandler(Services), 1, request);
        Assert.All(resources.Responses, response => Assert.Equal("Each resource must appear at most once.", response.ErrorMessage));
        Assert.Equal("INFO", _levels["gateway"]);
    }

    [Fact]
    public async Task The_older_way_of_altering_does_not_know_loggers()
    {
        var response = await _admin.CallAsync(new AlterConfigsHandler(Services), 0, new AlterConfigsRequest
        {
            Resources = [new AlterConfigsRequest.AlterConfigsResource { ResourceType = Loggers, ResourceName = "1" }],
        });
        Assert.Equal((ErrorCode.InvalidRequest, "Unknown resource type 8"), (response.Responses[0].ErrorCode, response.Responses[0].ErrorMessage));
    }

    private AdminServices Services => _admin.Services with { Loggers = this };

    private async Task<(ErrorCode Code, string? Message)> AlterAsync(string node, string logger, sbyte operation, string? level)
    {
        var request = Request(false, (logger, level));
        request.Resources[0].ResourceName = node;
        request.Resources[0].Configs[0].ConfigOperation = operation;
        var response = await _admin.CallAsync(new IncrementalAlterConfigsHandler(Services), 1, request);
        return (response.Responses[0].ErrorCode, response.Responses[0].ErrorMessage);
    }

    private static IncrementalAlterConfigsRequest Request(bool validateOnly, params (string Name, string? Value)[] levels) => new()
    {
        ValidateOnly = validateOnly,
        Resources =
        [
            new IncrementalAlterConfigsRequest.AlterConfigsResource
            {
                ResourceType = Loggers, ResourceName = "1",
                Configs = [.. levels.Select(level => new IncrementalAlterConfigsRequest.AlterableConfig { Name = level.Name, Value = level.Value })],
            },
        ],
    };
}
