using System.Diagnostics.CodeAnalysis;
using Tunduk.Evidence.Signing;
using Tunduk.Xml;

namespace Tunduk.Evidence.Soap;

/// <summary>Signs SOAP messages by the project's profile: Body, Timestamp and <c>ta:Exchange</c>, each by its own id.</summary>
/// <remarks>
/// Two steps, so that a slow key can be queued: <see cref="TryPrepare"/>, sign <see cref="PreparedSoapSignature.SignedInfo"/>,
/// <see cref="PreparedSoapSignature.Complete"/>. No attribute is put on an X-Road header: the provider's security server copies
/// those of <c>xrd:id</c>.
/// </remarks>
public static class SoapSignature
{
    /// <summary>Builds everything but the signature value.</summary>
    public static bool TryPrepare(
        XmlTape envelope,
        SoapSignatureInput input,
        [NotNullWhen(true)] out PreparedSoapSignature? prepared,
        out SoapSignatureFault fault)
    {
        prepared = null;
        if (input.Direction == SoapDirection.Response && input.Request is null)
        {
            throw new ArgumentException("A response names the request it answers.", nameof(input));
        }

        fault = SoapSignatureBuilder.Check(envelope, input, out SoapEnvelope parts);
        if (fault != SoapSignatureFault.None)
        {
            return false;
        }

        prepared = SoapSignatureBuilder.BuildOrNull(envelope, parts, input);
        fault = prepared is null ? SoapSignatureFault.BodyId : SoapSignatureFault.None;
        return prepared is not null;
    }

    /// <summary>Prepares, signs and completes; the certificate and algorithm of the input must be the signer's.</summary>
    /// <returns>The message, or the fault that forbids signing it.</returns>
    public static async ValueTask<(SignedSoapMessage? Message, SoapSignatureFault Fault)> SignAsync(
        XmlTape envelope, SoapSignatureInput input, IMessageSigner signer, CancellationToken cancellationToken)
    {
        if (!TryPrepare(envelope, input, out PreparedSoapSignature? prepared, out SoapSignatureFault fault))
        {
            return (null, fault);
        }

        byte[] value = await signer.SignAsync(prepared.SignedInfo, cancellationToken);
        return (new SignedSoapMessage(prepared.Complete(value), value, prepared.Exchange), SoapSignatureFault.None);
    }
}
