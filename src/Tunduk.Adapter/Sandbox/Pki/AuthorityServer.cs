using Microsoft.AspNetCore.Http;

namespace Tunduk.Adapter.Sandbox.Pki;

/// <summary>
/// The authority's services over HTTP on loopback: <c>POST /ocsp</c>, <c>POST /tsa</c>, <c>GET /crl</c>, <c>GET /ca</c>
/// (the root, PEM). Faults are set on <see cref="Ocsp"/> and <see cref="Tsa"/>.
/// </summary>
internal sealed class AuthorityServer : IAsyncDisposable
{
    private const int MaxRequest = 64 * 1024;
    private readonly DevelopmentAuthority _authority;
    private readonly RevocationList _revocations;
    private SandboxListener? _listener;

    private AuthorityServer(DevelopmentAuthority authority, TimeProvider time)
    {
        _authority = authority;
        _revocations = new RevocationList(authority, time);
        Ocsp = new OcspResponder(authority, time);
        Tsa = new TimeStampAuthority(authority, time);
    }

    /// <summary>The authority's own certificate.</summary>
    public SandboxCertificate Root => _authority.Root;

    public OcspResponder Ocsp { get; }

    public TimeStampAuthority Tsa { get; }

    public Uri Address => _listener!.Addresses[0];

    public Uri OcspAddress => new(Address, "ocsp");

    public Uri TsaAddress => new(Address, "tsa");

    public Uri CrlAddress => new(Address, "crl");

    /// <summary>Starts the services on a loopback port (0: any free one).</summary>
    public static async Task<AuthorityServer> StartAsync(
        DevelopmentAuthority authority, int port, TimeProvider time, CancellationToken cancellationToken)
    {
        var server = new AuthorityServer(authority, time);
        server._listener = await SandboxListener.StartAsync([new SandboxEndpoint(port)], server.HandleAsync, cancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => _listener?.DisposeAsync() ?? ValueTask.CompletedTask;

    private Task HandleAsync(HttpContext context) => (context.Request.Method, context.Request.Path.Value) switch
    {
        ("POST", "/ocsp") => AnswerAsync(
            context, "application/ocsp-request", "application/ocsp-response", Ocsp.Respond, Ocsp.Fault == OcspFault.Hang),
        ("POST", "/tsa") => AnswerAsync(
            context, "application/timestamp-query", "application/timestamp-reply", Tsa.Respond, Tsa.Fault == TimeStampFault.Hang),
        ("GET", "/crl") => WriteAsync(context, "application/pkix-crl", _revocations.Build()),
        ("GET", "/ca") => WriteAsync(
            context, "application/x-pem-file", System.Text.Encoding.ASCII.GetBytes(_authority.Root.Certificate.ExportCertificatePem() + "\n")),
        _ => RefuseAsync(context, StatusCodes.Status404NotFound),
    };

    private static async Task AnswerAsync(
        HttpContext context, string accepts, string answers, Func<ReadOnlyMemory<byte>, byte[]> respond, bool hang)
    {
        if (hang)
        {
            await SandboxWait.ForeverAsync(context.RequestAborted);
            return;
        }

        if (!string.Equals(context.Request.ContentType, accepts, StringComparison.OrdinalIgnoreCase))
        {
            await RefuseAsync(context, StatusCodes.Status415UnsupportedMediaType);
            return;
        }

        using var body = new MemoryStream();
        byte[] buffer = new byte[8192];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
        {
            await body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
            if (body.Length > MaxRequest)
            {
                await RefuseAsync(context, StatusCodes.Status413PayloadTooLarge);
                return;
            }
        }

        await WriteAsync(context, answers, respond(body.ToArray()));
    }

    private static Task WriteAsync(HttpContext context, string type, byte[] content)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = content.Length;
        return context.Response.Body.WriteAsync(content, context.RequestAborted).AsTask();
    }

    private static Task RefuseAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
