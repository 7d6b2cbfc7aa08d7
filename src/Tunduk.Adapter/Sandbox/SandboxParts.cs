using System.Text.Json;
using Tunduk.Adapter.Sandbox.Pki;
using Tunduk.Adapter.Sandbox.Register;
using Tunduk.Adapter.Sandbox.SecurityServers;

namespace Tunduk.Adapter.Sandbox;

/// <summary>
/// Runs one part of the sandbox in this process until it is cancelled, for kill tests and benchmarks: <c>authority</c>,
/// <c>security-servers</c>, <c>register</c>. When the part takes requests it writes one line of JSON with its addresses.
/// </summary>
internal sealed class SandboxParts(TimeProvider time, TextWriter output)
{
    public const string Authority = "authority";
    public const string SecurityServers = "security-servers";
    public const string Register = "register";

    /// <summary>Runs a part to its end. False: there is no part of this name.</summary>
    public async Task<bool> RunPartAsync(string part, SandboxPartOptions options, CancellationToken cancellationToken)
    {
        switch (part)
        {
            case Authority:
                await RunAuthorityAsync(options, cancellationToken);
                return true;
            case SecurityServers:
                await RunSecurityServersAsync(options, cancellationToken);
                return true;
            case Register:
                await RunRegisterAsync(options, cancellationToken);
                return true;
            default:
                return false;
        }
    }

    private async Task RunAuthorityAsync(SandboxPartOptions options, CancellationToken cancellationToken)
    {
        using DevelopmentAuthority authority = DevelopmentAuthority.OpenOrCreate(options.DataFolder, time);
        await using AuthorityServer server = await AuthorityServer.StartAsync(authority, options.Port, time, cancellationToken);
        await ReadyAsync(Authority, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["address"] = server.Address.AbsoluteUri,
            ["ocsp"] = server.OcspAddress.AbsoluteUri,
            ["tsa"] = server.TsaAddress.AbsoluteUri,
            ["crl"] = server.CrlAddress.AbsoluteUri,
            ["root"] = authority.Root.CertificatePath,
        });
        await SandboxWait.ForeverAsync(cancellationToken);
    }

    private async Task RunSecurityServersAsync(SandboxPartOptions options, CancellationToken cancellationToken)
    {
        var pairOptions = new SecurityServerPairOptions
        {
            DataFolder = options.DataFolder,
            ConsumerPort = options.Port,
            ProviderPort = options.Port == 0 ? 0 : options.Port + 1,
            ControlPort = options.Port == 0 ? 0 : options.Port + 2,
            ProviderSoap = options.ProviderSoap,
            ProviderRest = options.ProviderRest,
            FaultSpelling = options.FaultSpelling,
            MaxLoggableBody = options.MaxLoggableBody,
            Contracts = options.Contracts,
        };
        await using SecurityServerPair pair = await SecurityServerPair.StartAsync(pairOptions, time, cancellationToken);
        await ReadyAsync(SecurityServers, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["consumer"] = pair.Consumer.Address.AbsoluteUri,
            ["provider"] = pair.Provider.Address.AbsoluteUri,
            ["control"] = pair.Control.Address.AbsoluteUri,
        });
        await SandboxWait.ForeverAsync(cancellationToken);
    }

    private async Task RunRegisterAsync(SandboxPartOptions options, CancellationToken cancellationToken)
    {
        await using DemonstrationRegister register = await DemonstrationRegister.StartAsync(
            options.Port, options.DataFolder, cancellationToken);
        await ReadyAsync(Register, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["address"] = register.Address.AbsoluteUri,
            ["person"] = register.Persons[0].Pin,
        });
        await SandboxWait.ForeverAsync(cancellationToken);
    }

    private async Task ReadyAsync(string part, Dictionary<string, string> addresses)
    {
        addresses["part"] = part;
        await output.WriteLineAsync(JsonSerializer.Serialize(addresses));
        await output.FlushAsync(CancellationToken.None);
    }
}
