using Tunduk.Xml;

namespace Tunduk.Evidence.Soap;

/// <summary>
/// Verifies SOAP messages strictly: only the exact shape of the project's profile is accepted, parts are found by their place
/// and then held against the references, and the application reads the bytes that were verified.
/// </summary>
public static class SoapVerifier
{
    /// <summary>Verifies. Bad input is a result, never an exception.</summary>
    public static SoapVerification Verify(XmlTape envelope, SoapVerificationInput input)
    {
        // A response must be read together with its request; a request has none.
        if (input.Direction == SoapDirection.Request && input.Request is not null)
        {
            throw new ArgumentException("A request answers no request.", nameof(input));
        }

        return new SoapVerifierRun(envelope, input).Run();
    }

    /// <summary>
    /// For an envelope that cannot be read as a message of its protocol: whether that is a signed message whose signed part was
    /// moved, and how; null where it is not.
    /// </summary>
    public static SoapVerification? FindWrapping(XmlTape envelope) =>
        SoapWrapping.Find(envelope) is { } finding
            ? new SoapVerification { Status = SoapVerificationStatus.Failed, Code = finding.Code, Explanation = finding.Explanation }
            : null;
}
