using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// Raises finalized feature levels (KIP-584). What can be raised is this broker's own level of the metadata log; Kafka's
/// <c>metadata.version</c> is fixed to what the protocol here is like. The first feature that is refused is the error of all of them and no
/// results are told, in every version, as with Kafka; of those that went well version 0 and 1 tell its word for no error.
/// </summary>
public sealed class UpdateFeaturesHandler(AdminServices services)
    : ApiHandler<UpdateFeaturesRequest, UpdateFeaturesResponse>(ApiKey.UpdateFeatures, 0, 2)
{
    private const sbyte Upgrade = 1;
    private const sbyte UnsafeDowngrade = 3;
    private const string Done = "NONE";

    public override async ValueTask<UpdateFeaturesResponse> HandleAsync(UpdateFeaturesRequest request, RequestContext context)
    {
        var response = new UpdateFeaturesResponse { ErrorMessage = null };
        foreach (var update in request.FeatureUpdates)
        {
            var error = await UpdateAsync(request, update, context).ConfigureAwait(false);
            if (!error.IsNone)
            {
                response.ErrorCode = error.Code;
                response.ErrorMessage = error.Code == ErrorCode.InvalidUpdateVersion ? ForAll(error) : error.Text;
                response.Results.Clear();
                return response;
            }

            response.Results.Add(new UpdateFeaturesResponse.UpdatableFeatureResult { Feature = update.Feature, ErrorMessage = Done });
        }

        return response;
    }

    private static string ForAll(KafkaError error) =>
        $"The update failed for all features since the following feature had an error: {error.Text}";

    private async ValueTask<KafkaError> UpdateAsync(
        UpdateFeaturesRequest request, UpdateFeaturesRequest.FeatureUpdateKey update, RequestContext context)
    {
        if (context.ApiVersion >= 1 && update.UpgradeType is < Upgrade or > UnsafeDowngrade)
            return Invalid(update, "The controller does not support the given upgrade type.");
        if (update.MaxVersionLevel < 0) return Invalid(update, "A feature version cannot be less than 0.");
        if (FeatureRange.Supported.FirstOrDefault(range => range.Name == update.Feature) is { Name: not null } range)
            return Fixed(update, range, context.Metadata.ControllerId);
        var command = new SetFeatureLevel(update.Feature, update.MaxVersionLevel) { ValidateOnly = request.ValidateOnly };
        var answer = await services.Controller.SubmitAsync(command, AdminServices.Limit(request.TimeoutMs), context.Cancel)
            .ConfigureAwait(false);
        return answer.Reply?.Error ?? answer.Error;
    }

    private static KafkaError Fixed(UpdateFeaturesRequest.FeatureUpdateKey update, FeatureRange range, int controllerId)
    {
        var (wanted, level) = (update.MaxVersionLevel, range.DefaultLevel);
        if (wanted == level) return KafkaError.None;
        if (wanted < range.MinLevel || wanted > range.MaxLevel)
            return Invalid(update, $"Local controller {controllerId} only supports versions {range.MinLevel}-{range.MaxLevel}");
        if (wanted < level && update.UpgradeType == Upgrade && !update.AllowDowngrade)
            return Invalid(update, "Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade.");
        return new KafkaError(ErrorCode.InvalidUpdateVersion, $"Unsupported {range.Name} {(wanted < level ? "downgrade" : "upgrade")} from " +
            $"{level} to {wanted}. Refusing to perform the requested change: {MetadataFeature.Name} is the level that this broker can raise.");
    }

    private static KafkaError Invalid(UpdateFeaturesRequest.FeatureUpdateKey update, string why) =>
        new(ErrorCode.InvalidUpdateVersion, $"Invalid update version {update.MaxVersionLevel} for feature {update.Feature}. {why}");
}
