namespace Tunduk.Evidence.Http;

/// <summary>
/// Verifies REST messages strictly: only the exact shape of the project's profile is accepted, and every header the profile knows is
/// covered if the message has it. Signatures of other labels and tags are counted and mean nothing.
/// </summary>
public static class HttpVerifier
{
    /// <summary>Verifies a request. Bad input is a result, never an exception.</summary>
    public static HttpVerification VerifyRequest(RestRequest request, HttpVerificationInput input) =>
        new HttpVerifierRun(request, null, null, input).Run();

    /// <summary>Verifies a response to a request. Bad input is a result, never an exception.</summary>
    public static HttpVerification VerifyResponse(RestResponse response, RestRequestBinding binding, HttpVerificationInput input) =>
        new HttpVerifierRun(null, response, binding, input).Run();
}
