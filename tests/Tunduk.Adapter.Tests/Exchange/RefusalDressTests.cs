using System.Text.Json;
using System.Xml.Linq;
using Google.Rpc;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.V1;
using Tunduk.GrpcHosting;

namespace Tunduk.Adapter.Tests.Exchange;

/// <summary>One refusal, three dresses: every code of the closed list says the same as problem+json, as gRPC status and in the detail of a SOAP fault, and no more than code and record to a counterparty.</summary>
public sealed class RefusalDressTests
{
    private const string Record = "0011223344556677-000000000042";

    public static TheoryData<string> Codes => [.. ExchangeCodes.All.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Codes))]
    public void Refusal_EveryCode_SaysTheSameInEveryDress(string code)
    {
        var error = new ExchangeError(ExchangeStage.Validate, code)
        {
            Path = "$.request.pin",
            Expected = "14 digits",
            Found = "13 characters",
            Details = ["$.request.pin: length"],
        };
        using var problem = JsonDocument.Parse(RefusalMapping.ToProblem(error, Record, "trace"));
        var rpc = RefusalMapping.ToRpc(error, Record, "trace");
        var status = rpc.GetRpcStatus().ShouldNotBeNull();
        var refusal = status.Details[0].Unpack<Refusal>();
        var info = status.Details[1].Unpack<ErrorInfo>();

        foreach (var (member, value) in new[]
        {
            ("stage", refusal.Stage), ("code", refusal.Code), ("title", refusal.Title), ("rule", refusal.Rule), ("path", refusal.Path), ("expected", refusal.Expected), ("found", refusal.Found),
            ("remedy", refusal.Remedy), ("recordId", refusal.RecordId), ("traceId", refusal.TraceId), ("type", refusal.Documentation),
        })
        {
            problem.RootElement.GetProperty(member).GetString().ShouldBe(value, member);
            value.ShouldNotBeNullOrEmpty(member);
        }

        refusal.Details.ShouldBe(error.Details);
        info.Reason.ShouldBe(code);
        info.Metadata["path"].ShouldBe(error.Path);
        info.Metadata["rule"].ShouldBe(refusal.Rule);
        rpc.StatusCode.ShouldBe(RefusalMapping.RpcCodeOf(error));
        rpc.StatusCode.ShouldNotBeOneOf(StatusCode.OK, StatusCode.Cancelled);
        (rpc.StatusCode == StatusCode.Unimplemented).ShouldBe(code == ExchangeCodes.AddressUnknown, "a method that is not there, and nothing else");

        var detail = XElement.Parse(System.Text.Encoding.UTF8.GetString(RefusalMapping.ToFaultDetail(error, Record, "trace").Span)).Elements().Last();
        foreach (var member in problem.RootElement.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.String))
        {
            detail.Elements().Single(element => element.Name.LocalName == member.Name).Value.ShouldBe(member.Value.GetString(), member.Name);
        }

        detail.Elements().Last().Value.ShouldBe(error.Details[0]);
        RefusalMapping.ToRpc(error, Record, "trace", new Uri("http://10.0.0.5:8080/")).GetRpcStatus()!.Details[0].Unpack<Refusal>().Documentation.ShouldBe("http://10.0.0.5:8080/docs/refusals/" + code);
        RefusalMapping.ToFaultCode(error).ShouldBe("adapter." + code);
        var fault = RefusalMapping.ToFaultString(error, Record);
        fault.ShouldContain(Record);
        foreach (var own in new[] { error.Path, error.Expected, error.Found })
        {
            fault.ShouldNotContain(own);
        }
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void RetryAfter_EveryCode_IsTheSameInEveryDressAndNeverOfWhatMayHaveBeenExecuted(string code)
    {
        foreach (var error in new[] { new ExchangeError(ExchangeStage.Forward, code), new ExchangeError(ExchangeStage.Forward, code) { RetryAfter = TimeSpan.FromSeconds(41.5) }, new ExchangeError(ExchangeStage.Forward, code) { OutcomeUnknown = true } })
        {
            var told = RefusalMapping.ToRpc(error, Record, "trace").GetRpcStatus()!.Details.Where(detail => detail.Is(RetryInfo.Descriptor)).Select(detail => detail.Unpack<RetryInfo>().RetryDelay.Seconds.ToString()).SingleOrDefault();

            told.ShouldBe(RefusalMapping.RetryAfter(error));
            (told is null).ShouldBe(error.OutcomeUnknown || (error.RetryAfter is null && code is not (ExchangeCodes.Overloaded or ExchangeCodes.CallerLimitReached or ExchangeCodes.AgreementRateExceeded)));
        }

        RefusalMapping.RetryAfter(new ExchangeError(ExchangeStage.Forward, code) { RetryAfter = TimeSpan.FromSeconds(41.5) }).ShouldBe("42");
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void RpcCode_OutcomeUnknown_NeverInvitesToRepeat(string code) =>
        RefusalMapping.RpcCodeOf(new ExchangeError(ExchangeStage.Forward, code) { OutcomeUnknown = true }).ShouldBe(StatusCode.Unknown);
}
