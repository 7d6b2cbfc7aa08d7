using System.Xml.Linq;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Exchange;

/// <summary>The link in a refusal opens, for every code, without a key, on both listeners that refuse in HTTP.</summary>
public sealed class RefusalPageTests
{
    [Fact]
    public async Task Get_LinkOfEveryCode_AnswersWithItsText()
    {
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { WithProvider = false, SecurityServer = new Uri("http://127.0.0.1:1/") });
        foreach (var listener in new[] { world.Consumer.IsAddress!, world.Consumer.AdminAddress! })
        {
            foreach (var code in ExchangeCodes.All)
            {
                var page = await world.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(listener, RefusalPage.LinkTo(code))));

                page.Status.ShouldBe(200, code);
                page.ContentType.ShouldBe("text/plain; charset=utf-8");
                page.Text.ShouldStartWith(code + "\nHTTP " + (int)ExchangeCodes.StatusOf(code));
                page.Text.ShouldContain(RefusalTexts.Title(code));
                page.Text.ShouldContain(RefusalTexts.Remedy(code));
            }

            (await world.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(listener, "/docs/refusals")))).Text.Split('\n').Intersect(ExchangeCodes.All).Count().ShouldBe(ExchangeCodes.All.Count);
            (await world.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(listener, "/docs/refusals/no_such_code")))).Status.ShouldBe(404);
        }
    }

    [Fact]
    public void TextOf_Code_NamesItsStatusAsToolsDo() =>
        RefusalPage.TextOf(ExchangeCodes.RequestIncomplete).ShouldContain("HTTP 400; gRPC INVALID_ARGUMENT; SOAP adapter.request_incomplete");

    [Fact]
    public void ToFaultDetail_NamesNoXmlCanHold_IsXmlAllTheSame()
    {
        var error = new ExchangeError(ExchangeStage.Validate, ExchangeCodes.ContractViolated) { Path = "$.a\u0001b\uD800<c>", Expected = "x", Found = "y", Details = ["\uFFFE"] };

        var detail = XElement.Parse(System.Text.Encoding.UTF8.GetString(RefusalMapping.ToFaultDetail(error, "0011223344556677-000000000042", "trace").Span));

        detail.Name.ShouldBe("detail");
        detail.Element("faultDetail")!.Value.ShouldBe("0011223344556677-000000000042");
        detail.Elements().Last().Elements().Select(element => element.Name.LocalName).ShouldBe(["type", "title", "stage", "code", "rule", "path", "expected", "found", "remedy", "recordId", "traceId", "details"]);
    }
}
