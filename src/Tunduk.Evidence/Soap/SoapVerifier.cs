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
}
