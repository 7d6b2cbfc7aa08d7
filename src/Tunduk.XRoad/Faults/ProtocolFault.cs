using Tunduk.XRoad.Identifiers;

namespace Tunduk.XRoad.Faults;

/// <summary>
/// Why a message is refused: the code a security server would use, where, what was expected and what stood there. Found is a type,
/// a length or a name, never a value of the message.
/// </summary>
/// <param name="Reason">This project's own word, stable, lower case with hyphens.</param>
/// <param name="XRoadCode">The code a security server would answer with.</param>
/// <param name="Path">Where: element names, a header's name, or a part of the request line.</param>
/// <param name="Expected">What the rule asks for.</param>
/// <param name="Found">What stood there, without its value.</param>
public readonly record struct ProtocolFault(string Reason, XRoadFaultCode XRoadCode, string Path, string Expected, string Found)
{
    public static readonly ProtocolFault None;

    public bool IsNone => Reason is null;

    public override string ToString() => IsNone ? Phrases.Of("Faults.NoFault") : Phrases.Of("Faults.ExpectedFound", Reason, Path, Expected, Found);

    internal static ProtocolFault Of(IdentifierFault fault, XRoadFaultCode code, string path) =>
        new("identifier-invalid", code, fault.Part.Contains('/', StringComparison.Ordinal) ? path : $"{path}/{fault.Part}", fault.Expected, fault.Found);
}
