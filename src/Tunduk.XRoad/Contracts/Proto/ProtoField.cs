namespace Tunduk.XRoad.Contracts.Proto;

/// <summary>A field of a message.</summary>
/// <param name="Name">The field's identifier.</param>
/// <param name="JsonName">The member's name in JSON.</param>
/// <param name="Number">From 1.</param>
/// <param name="Type">The scalar type's name, or null when it is a message.</param>
/// <param name="Message">The message, or null when it is a scalar.</param>
/// <param name="Repeated">A list.</param>
/// <param name="Optional">May be absent, and absence is told from the default value.</param>
public sealed record ProtoField(string Name, string JsonName, int Number, string? Type, ProtoMessage? Message, bool Repeated, bool Optional);
