using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Tunduk.Adapter.Administration;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Telemetry;

namespace Tunduk.Adapter.Cli;

/// <summary>
/// How the agreement commands reach the agreements at work: through the running adapter, or, when none runs, by opening
/// folder and archive themselves, as the same caller with the same rights.
/// </summary>
internal sealed class AgreementAccess
{
    private readonly Option<string> config = Commands.ConfigOption();
    private readonly Option<string> keyFile = new("--key-file") { Description = Phrases.Of("Cli.FileApiKeyCaller"), Required = true };
    private readonly Option<bool> json = Commands.JsonOption();

    public void AddTo(Command command)
    {
        command.Options.Add(config);
        command.Options.Add(keyFile);
        command.Options.Add(json);
    }

    /// <summary>Calls, prints the answer or the problem, and gives the exit code.</summary>
    public async Task<int> RunAsync<TRequest, TAnswer>(
        ParseResult parsed,
        string path,
        TRequest request,
        Func<AgreementAdministration, Caller, Task<Outcome<TAnswer>>> offline,
        Action<JsonElement> print,
        Action<JsonElement>? judge,
        CancellationToken cancellationToken)
    {
        var faults = AdapterConfiguration.Load(parsed.GetValue(config)!, out var configuration);
        if (configuration is null)
        {
            return Output.Wrong(string.Join(Environment.NewLine, faults));
        }

        if (!ApiKeyFile.TryRead(parsed.GetValue(keyFile), out var key, out var fault))
        {
            return Output.Wrong(fault);
        }

        var access = new ArchiveAccessPoint(configuration, key);
        var (ok, answer) = await access.ReadAsync<TRequest, TAnswer>(path, request, async (desk, caller) =>
        {
            var wrong = new List<SettingFault>();
            using var metrics = new AdapterMetrics("command");
            var contracts = ContractStore.Load(configuration.Options, configuration.Resolve(configuration.Options.Documents.Contracts), wrong);
            var keeper = AgreementKeeper.Open(configuration, contracts, metrics, TimeProvider.System, NullLoggerFactory.Instance, wrong);
            if (keeper is null)
            {
                return new ExchangeError(ExchangeStage.Authorize, ExchangeCodes.AgreementInvalid) { Path = "Documents:Agreements", Found = string.Join("; ", wrong) };
            }

            await using (keeper)
            {
                keeper.Attach(desk.Archive);
                return await offline(new AgreementAdministration(keeper, desk, contracts.FieldsOf, TimeProvider.System, since: null), caller);
            }
        }, cancellationToken);
        if (ok)
        {
            judge?.Invoke(answer);
        }

        if (!ok || parsed.GetValue(json))
        {
            Output.Json(answer);
        }
        else
        {
            print(answer);
        }

        return ok ? Output.Ok : Output.NotOk;
    }
}
