using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Certificates;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.SecurityServers;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Metaservices;

namespace Tunduk.Adapter.Doctor;

/// <summary>
/// The neighbours as they answer now: TLS with the security server both ways, the identifiers it knows, its clock against
/// ours, and whether own information systems take connections. Sends no message of anybody: <c>GET /listClients</c> alone.
/// </summary>
internal sealed class NeighbourChecks(AdapterConfiguration configuration, TimeProvider clock)
{
    private const int LargestList = 32 * 1024 * 1024;
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(10);
    private readonly AdapterOptions options = configuration.Options;

    public async Task<IReadOnlyList<DoctorFinding>> RunAsync(CancellationToken cancellationToken)
    {
        var findings = new List<DoctorFinding>();
        foreach (var address in options.SecurityServer.FailOver.Prepend(options.SecurityServer.Address).Where(address => address.Length > 0))
        {
            findings.AddRange(await SecurityServerAsync(new Uri(address.TrimEnd('/') + "/"), cancellationToken));
        }

        foreach (var (name, service) in options.Provides.Where(entry => Uri.TryCreate(entry.Value.Upstream, UriKind.Absolute, out _)))
        {
            findings.Add(await ReachAsync(Phrases.Of("Doctor.InformationSystem", name), new Uri(service.Upstream), cancellationToken));
        }

        return findings;
    }

    private async Task<IReadOnlyList<DoctorFinding>> SecurityServerAsync(Uri address, CancellationToken cancellationToken)
    {
        var subject = Phrases.Of("Doctor.SecurityServer", address.Host, address.Port);
        X509Certificate2? shown = null;
        var ignored = new List<SettingFault>();
        using var own = SecurityServerClient.ClientCertificate(options.SecurityServer) is { } files ? CertificateLoader.Load(files, configuration.Resolve, ignored) : null;
        using var handler = SecurityServerConnections.CreateHandler(options.SecurityServer, options.SecurityServer.ConnectTimeout, own, clock);
        var pin = handler.SslOptions.RemoteCertificateValidationCallback!;
        handler.SslOptions.RemoteCertificateValidationCallback = (sender, certificate, chain, errors) =>
        {
            shown = certificate is null ? null : X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
            return pin(sender, certificate, chain, errors);
        };
        using var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };

        // For the list too, whose bytes may come one by one: a neighbour that is slow must not stop the examination.
        using var late = new CancellationTokenSource(options.SecurityServer.ConnectTimeout + LongestAnswer, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var findings = new List<DoctorFinding>();
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, ClientList.Path.TrimStart('/')));
            request.Headers.Accept.ParseAdd("application/json");
            var sent = clock.GetUtcNow();
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var received = clock.GetUtcNow();
            findings.Add(DoctorFinding.Ok(subject, shown is null ? Phrases.Of("Doctor.AnswersOverPlainHttp") : Phrases.Of("Doctor.AnswersOverTlsPinned")));
            findings.AddRange(Clock(subject, response, sent + ((received - sent) / 2)));
            findings.AddRange(await IdentifiersAsync(subject, response, either.Token));
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.SecureConnectionError && shown is not null && !IsPinned(shown))
        {
            findings.Add(DoctorFinding.Broken(subject, Phrases.Of("Doctor.ShowsAnotherCertificateThan"), Phrases.Of("Doctor.IfInternalCertificateAdministrator", Sha256(shown))));
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            var why = exception is HttpRequestException http1 ? (http1.InnerException as SocketException)?.SocketErrorCode.ToString() ?? http1.HttpRequestError.ToString() : Phrases.Of("Doctor.NoAnswerTime");
            findings.Add(DoctorFinding.Broken(subject, Phrases.Of("Doctor.CannotAsked", why), Phrases.Of("Doctor.CheckAddressSchemeNetwork")));
        }

        using (shown)
        {
            findings.AddRange(Shown(subject, shown));
        }

        return findings;
    }

    // The certificate it shows is the one it offers to us as a client: the other direction can be judged from here.
    private IEnumerable<DoctorFinding> Shown(string subject, X509Certificate2? shown)
    {
        if (shown is null)
        {
            if (options.SecurityServer.ClientCertificate is not null)
            {
                yield return DoctorFinding.Warning(subject, Phrases.Of("Doctor.ClientCertificateConfiguredNot"), Phrases.Of("Doctor.GiveSecurityServerAddressHttps"));
            }

            yield break;
        }

        yield return Expiry.Judge(Phrases.Of("Doctor.CertificateGiven", subject), shown.NotBefore, shown.NotAfter, clock.GetUtcNow()) is { Severity: DoctorSeverity.Fault } expired
            ? expired with { Severity = DoctorSeverity.Warning }
            : Expiry.Judge(Phrases.Of("Doctor.CertificateGiven", subject), shown.NotBefore, shown.NotAfter, clock.GetUtcNow());
        if (options.Listen.SecurityServer is { Address.Length: > 0, ClientCertificates.Count: > 0 } listener && !listener.ClientCertificates.Contains(Sha256(shown), StringComparer.OrdinalIgnoreCase))
        {
            yield return DoctorFinding.Warning("Listen:SecurityServer", Phrases.Of("Doctor.CertificateNotAmongClientCertificates", subject), Phrases.Of("Doctor.IfServerCallsAdapter", Sha256(shown)));
        }
    }

    private IEnumerable<DoctorFinding> Clock(string subject, HttpResponseMessage response, DateTimeOffset middle)
    {
        if (response.Headers.Date is not { } theirs)
        {
            yield break;
        }

        // The header has whole seconds.
        var skew = (middle - theirs).Duration() - TimeSpan.FromSeconds(1);
        var text = Phrases.Of("Doctor.OurClockDifferS", subject, skew.TotalSeconds);
        yield return skew > options.Trust.ClockSkew ? DoctorFinding.Broken("clock", text, Phrases.Of("Doctor.SynchroniseBothNtpSignatures"))
            : skew > options.Trust.ClockSkew / 2 ? DoctorFinding.Warning("clock", text, Phrases.Of("Doctor.SynchroniseBothNtp"))
            : DoctorFinding.Ok("clock", Phrases.Of("Doctor.Agrees", subject));
    }

    private async Task<IReadOnlyList<DoctorFinding>> IdentifiersAsync(string subject, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = response.IsSuccessStatusCode ? await BoundedBody.ReadAsync(response.Content, LargestList, share: null, cancellationToken) : null;
        if (body is null || !ClientList.TryReadJson(body, out var list, out _))
        {
            return [DoctorFinding.Warning(subject, Phrases.Of("Doctor.GivesNoListClients"), Phrases.Of("Doctor.SeeAddressClientPort"))];
        }

        var known = list.Items.Select(client => client.Id).ToHashSet();
        var findings = new List<DoctorFinding>();
        foreach (var own in options.Own.Select(entry => ClientId.Parse(entry.Subsystem)).Where(own => !known.Contains(own)))
        {
            findings.Add(DoctorFinding.Warning(Phrases.Of("Doctor.Identifier", own), Phrases.Of("Doctor.DoesNotList", subject), Phrases.Of("Doctor.CorrectOwnSubsystemSubsystem")));
        }

        foreach (var provider in options.Services.Values.Select(service => ServiceId.Parse(service.Service).Provider).Distinct().Where(provider => !known.Contains(provider)))
        {
            findings.Add(DoctorFinding.Warning(Phrases.Of("Doctor.Identifier", provider), Phrases.Of("Doctor.DoesNotList", subject), Phrases.Of("Doctor.CorrectServiceIdentifierClass")));
        }

        return findings.Count > 0 ? findings : [DoctorFinding.Ok("identifiers", Phrases.Of("Doctor.OwnSubsystemsProvidersRegistered"))];
    }

    private async Task<DoctorFinding> ReachAsync(string subject, Uri address, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(5), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        using var client = new TcpClient();
        var started = Stopwatch.GetTimestamp();
        try
        {
            await client.ConnectAsync(address.Host, address.Port, either.Token);
            return DoctorFinding.Ok(subject, Phrases.Of("Doctor.TakesConnectionsMs", address.Host, address.Port, Stopwatch.GetElapsedTime(started).TotalMilliseconds));
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            var why = exception is SocketException socket ? socket.SocketErrorCode.ToString() : Phrases.Of("Doctor.NoConnectionWithin5");
            return DoctorFinding.Broken(subject, Phrases.Of("Doctor.CannotReached", address.Host, address.Port, why), Phrases.Of("Doctor.CheckAddressNetworkFirewall"));
        }
    }

    private bool IsPinned(X509Certificate2 certificate) => options.SecurityServer.ServerCertificates.Contains(Sha256(certificate), StringComparer.OrdinalIgnoreCase);

    private static string Sha256(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
}
