namespace Tunduk.Adapter.Agreements;

/// <summary>How we sign what we send to the counterparty (SIGNATURES.md).</summary>
internal enum OutboundSignature
{
    /// <summary>CMS over the exact bytes, kept in the archive; nothing is added to the message. The default.</summary>
    Detached,

    /// <summary>The signature travels in the message.</summary>
    Embedded,
}

/// <summary>What we ask of the counterparty's signature.</summary>
internal enum InboundSignature
{
    /// <summary>Verified when there is one. The default.</summary>
    IfPresent,

    /// <summary>A message without one is refused.</summary>
    Required,
}

/// <summary>The signature rules of an agreement.</summary>
/// <param name="Outbound">How we sign.</param>
/// <param name="Inbound">What we ask.</param>
/// <param name="UniqueId">A repeated message id of an unsigned message is refused, not only recorded.</param>
internal sealed record AgreementSignature(OutboundSignature Outbound, InboundSignature Inbound, bool UniqueId)
{
    public static readonly AgreementSignature Default = new(OutboundSignature.Detached, InboundSignature.IfPresent, UniqueId: false);
}
