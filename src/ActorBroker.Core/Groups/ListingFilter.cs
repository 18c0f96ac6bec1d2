using ActorBroker.Core.Ports;

namespace ActorBroker.Core.Groups;

/// <summary>
/// The filters of ListGroups: states without regard to case and surrounding blanks, types without regard to case; a name that nobody knows
/// matches nothing and is no error.
/// </summary>
public static class ListingFilter
{
    public static bool Matches(ListGroups query, ListedGroup group) =>
        (query.States.IsEmpty || query.States.Any(state => state.Trim().Equals(group.State, StringComparison.OrdinalIgnoreCase)))
        && (query.Types.IsEmpty || query.Types.Any(type => type.Equals(group.Type, StringComparison.OrdinalIgnoreCase)));
}
