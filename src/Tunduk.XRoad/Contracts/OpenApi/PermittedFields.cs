namespace Tunduk.XRoad.Contracts.OpenApi;

/// <summary>
/// What of an object passes, member by member. Two places of a message with the same instance permit the same, so that types need
/// to be described once for each instance only; a recursive type needs instances that come back to themselves.
/// </summary>
public abstract class PermittedFields
{
    /// <summary>Everything passes, at any depth.</summary>
    public static PermittedFields All { get; } = new Everything();

    /// <summary>What passes of a member; null where nothing of it does. Attributes begin with <c>@</c>.</summary>
    public abstract PermittedFields? Member(string jsonName);

    private sealed class Everything : PermittedFields
    {
        public override PermittedFields? Member(string jsonName) => this;
    }
}
