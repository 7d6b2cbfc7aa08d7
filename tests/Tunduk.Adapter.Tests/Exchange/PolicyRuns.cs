using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Telemetry;
using Tunduk.Adapter.Tests.Agreements;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Exchange;

/// <summary>Runs of an exchange at the Filter stage, under a document that a test writes.</summary>
internal sealed class PolicyRuns : IDisposable
{
    private readonly AdapterMetrics metrics = new("tests");
    private readonly List<ExchangeRun> runs = [];

    public PolicyRuns(ExcessWatch? watch = null)
    {
        Clock = new TestClock();
        Account = new AgreementAccount(new AgreementMeter(TimeSpan.FromHours(6)), new AgreementUsage(), watch ?? new ExcessWatch(1_000_000), metrics, Clock, NullLogger.Instance);
    }

    public TestClock Clock { get; }

    public AgreementAccount Account { get; }

    /// <summary>The services part of a document, below the usual head.</summary>
    public static Agreement Document(string service) =>
        AgreementTexts.Agreement(AgreementTexts.Full[..AgreementTexts.Full.IndexOf("services:", StringComparison.Ordinal)] + "services:\n  - service: getPerson/v1\n    " + service.ReplaceLineEndings("\n    ").TrimEnd() + "\n");

    public ExchangeRun Run(Agreement agreement, ExchangeDirection direction = ExchangeDirection.Provider, Agreement? shadow = null)
    {
        ExchangeRun run = new(direction, metrics, Clock)
        {
            Own = agreement.Own,
            Counterparty = agreement.Counterparty,
            Service = agreement.Services[0].Service,
            Agreement = agreement,
            Terms = agreement.Services[0],
            ShadowAgreement = shadow,
            Shadow = shadow?.Services[0],
            Account = Account,
        };
        runs.Add(run);
        return run;
    }

    public static RestMessage Message(string method = "GET", string path = "", string? query = null, string body = "", string? type = "application/json", params (string Name, string Value)[] headers)
    {
        List<KeyValuePair<string, string>> all = [.. headers.Select(static h => KeyValuePair.Create(h.Name, h.Value))];
        if (type is not null && body.Length > 0)
        {
            all.Add(new("Content-Type", type));
        }

        return new RestMessage(method, path, query, all, Encoding.UTF8.GetBytes(body));
    }

    public void Dispose()
    {
        runs.ForEach(static r => r.Dispose());
        metrics.Dispose();
    }
}
