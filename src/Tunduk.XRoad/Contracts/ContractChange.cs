namespace Tunduk.XRoad.Contracts;

/// <summary>A difference between the contract in use and the one the provider serves now.</summary>
/// <param name="Effect">What it does to messages in flight.</param>
/// <param name="Operation">Service code and version.</param>
/// <param name="Side">The message, or null when the whole operation is meant.</param>
/// <param name="Path">The field, or an empty string.</param>
/// <param name="What">In words.</param>
public sealed record ContractChange(ContractEffect Effect, string Operation, MessageSide? Side, string Path, string What)
{
    public override string ToString() => $"{Effect}: {Operation} {Side} {Path}: {What}";
}
