using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Mapping;

/// <summary>Why a message is not what the contract says. It never holds a value of the message.</summary>
/// <param name="Code">One of <see cref="MappingCodes"/>.</param>
/// <param name="Path">JSON path of the place, for example <c>$.response.document[2].number</c>.</param>
/// <param name="Declared">File and line of the declaration in the contract.</param>
/// <param name="Expected">What the contract wants there.</param>
/// <param name="Found">Type, length or name of what was found.</param>
public sealed record MappingFault(string Code, string Path, SchemaLocation Declared, string Expected, string Found)
{
    public override string ToString() => Phrases.Of("Mapping.ExpectedFound", Path, Code, Expected, Found, Declared);
}
