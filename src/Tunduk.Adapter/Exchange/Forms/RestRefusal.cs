using Tunduk.Adapter.SecurityServers;
using Tunduk.XRoad.Rest;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>
/// How a provider's adapter tells its counterparty's that an answer is a refusal and no data: by a header of ours, since
/// <c>X-Road-Error</c> belongs to the security servers.
/// </summary>
internal static class RestRefusal
{
    /// <summary>Holds the refusal's code with our prefix.</summary>
    public const string Header = "tunduk-refusal";

    private const int FirstError = 400;

    /// <summary>Whether the body, which a signature covers, is a refusal by the code that the header says, which none covers.</summary>
    public static bool Says(SecurityServerReply reply, string code) => InBody(reply) == code;

    /// <summary>The code, where an answer is a refusal: by the header, and by the body of one whose header was taken off on the way.</summary>
    public static string? Read(SecurityServerReply reply) =>
        reply.Header(Header) ?? (InBody(reply) is { } code && code.StartsWith(RefusalMapping.FaultPrefix, StringComparison.Ordinal) ? code : null);

    private static string? InBody(SecurityServerReply reply) => reply.Status >= FirstError ? RestError.TypeOf(reply.Body.Span) : null;
}
