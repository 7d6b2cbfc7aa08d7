using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts;

/// <summary>An operation as read, before its types are compiled and its tags are made.</summary>
internal sealed record OperationDraft(string ServiceCode, string? Version, ElementDeclaration Request, ElementDeclaration Response)
{
    public string? Title { get; init; }

    public string SoapAction { get; init; } = "";

    public IReadOnlyList<string> BoundHeaders { get; init; } = [];

    public RestBinding? Rest { get; init; }

    /// <summary>What answers hold that are no successes; null where nothing is described.</summary>
    public ElementDeclaration? Errors { get; init; }

    public SchemaLocation Location { get; init; }
}
