namespace Tunduk.XRoad.Contracts.Proto;

/// <summary>A field of a message.</summary>
/// <param name="Name">The field's identifier.</param>
/// <param name="JsonName">The member's name in JSON; empty where the field is the whole of what its message stands for.</param>
/// <param name="Number">By <see cref="ProtoFieldNumber"/>.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Message">The message, or null when it is a scalar.</param>
/// <param name="Repeated">A list.</param>
/// <param name="IsList">The list is one value of an <c>xs:list</c> type: its array is in JSON even when it is empty.</param>
/// <param name="Literal">Its text, or its number, stands in JSON as it is: a number with all its digits, or any JSON value.</param>
/// <param name="Required">The contract asks for it. The wire form never does: what is absent is refused by name, not taken for zero.</param>
public sealed record ProtoField(string Name, string JsonName, int Number, ProtoKind Kind, ProtoMessage? Message, bool Repeated, bool IsList, bool Required, bool Literal = false)
{
    /// <summary>The type as the <c>.proto</c> text names it.</summary>
    public string TypeName => Message?.Name ?? Kind.ToString().ToLowerInvariant();

    /// <summary>Absence is told from the default value (<c>optional</c>): of every single scalar outside a <c>oneof</c>.</summary>
    public bool HasPresence(ProtoMessage holder) => Message is null && !Repeated && !holder.IsOneOf;
}
