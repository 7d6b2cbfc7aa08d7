namespace Tunduk.Evidence.Soap;

/// <summary>Why a message cannot be signed.</summary>
public enum SoapSignatureFault
{
    /// <summary>It can.</summary>
    None,

    /// <summary>Not a SOAP 1.1 envelope with at most one Header and exactly one Body.</summary>
    EnvelopeShape,

    /// <summary>It has a Security or Exchange header already; see <see cref="SoapSignatureInput.ReplaceExisting"/>.</summary>
    AlreadySigned,

    /// <summary>A response with a processing instruction: the provider's security server would drop it.</summary>
    ProcessingInstruction,

    /// <summary>A comment: the canonical form leaves it out, so that it would be unsigned content of a signed message.</summary>
    Comment,

    /// <summary>A response with tab, CR or LF in an attribute value: the provider's security server would change it.</summary>
    AttributeWhiteSpace,

    /// <summary>The Body's own wsu:Id is empty or used elsewhere in the message.</summary>
    BodyId,

    /// <summary>Two headers of one name, two attachments of one id, or a character that XML cannot hold.</summary>
    ExchangeValues,
}
