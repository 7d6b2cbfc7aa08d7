using Tunduk.Adapter.SecurityServers;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>
/// How a provider's adapter tells its counterparty's that an answer is a refusal and no data: by a header of ours, since
/// <c>X-Road-Error</c> belongs to the security servers.
/// </summary>
internal static class RestRefusal
{
    /// <summary>Holds the refusal's code with our prefix.</summary>
    public const string Header = "tunduk-refusal";

    /// <summary>Whether the body, which a signature covers, says the code that the header says, which none covers.</summary>
    public static bool Says(SecurityServerReply reply, string code) => reply.Body.Span.IndexOf(System.Text.Encoding.UTF8.GetBytes(code)) >= 0;

    /// <summary>The code, where an answer is a refusal.</summary>
    public static string? Read(SecurityServerReply reply) => reply.Header(Header);
}
