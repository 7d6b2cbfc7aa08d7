namespace Tunduk.Adapter.Agreements;

/// <summary>One difference between two versions of an agreement, in words.</summary>
/// <param name="Kind">Whether more or less is allowed by it.</param>
/// <param name="Where">Key of the document, or a service and a part of it.</param>
/// <param name="Text">What has changed.</param>
internal sealed record AgreementDifference(DifferenceKind Kind, string Where, string Text)
{
    public override string ToString() => $"{Kind switch { DifferenceKind.More => Phrases.Of("Agreements.More"), DifferenceKind.Less => Phrases.Of("Agreements.Less"), _ => Phrases.Of("Agreements.Other") }} {Where}: {Text}";
}
