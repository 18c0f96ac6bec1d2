using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>The SCRAM users (KIP-554). None can be made yet: whoever is asked for is not there.</summary>
public sealed class DescribeUserScramCredentialsHandler()
    : ApiHandler<DescribeUserScramCredentialsRequest, DescribeUserScramCredentialsResponse>(ApiKey.DescribeUserScramCredentials, 0, 0)
{
    public override ValueTask<DescribeUserScramCredentialsResponse> HandleAsync(
        DescribeUserScramCredentialsRequest request, RequestContext context)
    {
        var response = new DescribeUserScramCredentialsResponse { ErrorMessage = "" };
        foreach (var user in (request.Users ?? []).GroupBy(user => user.Name, StringComparer.Ordinal))
        {
            var isTwice = user.Count() > 1;
            response.Results.Add(new DescribeUserScramCredentialsResponse.DescribeUserScramCredentialsResult
            {
                User = user.Key,
                ErrorCode = isTwice ? ErrorCode.DuplicateResource : ErrorCode.ResourceNotFound,
                ErrorMessage = isTwice
                    ? $"Cannot describe SCRAM credentials for the same user twice in a single request: {user.Key}"
                    : $"Attempt to describe a user credential that does not exist: {user.Key}",
            });
        }

        return new ValueTask<DescribeUserScramCredentialsResponse>(response);
    }
}
