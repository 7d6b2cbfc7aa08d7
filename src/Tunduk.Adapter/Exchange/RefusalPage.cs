using System.Text;
using Tunduk.GrpcHosting;

namespace Tunduk.Adapter.Exchange;

/// <summary>
/// The documentation of the closed list, served by the adapter itself: the link in a refusal opens. Made of the same texts and
/// statuses as the refusals are. It holds nothing of an exchange and asks for no key.
/// </summary>
internal static class RefusalPage
{
    private const string All = "/docs/refusals";
    private const string ContentType = "text/plain; charset=utf-8";

    /// <summary>
    /// Address of a code's text, on <c>Listen:Is</c> and <c>Listen:Admin</c>: a reference to be resolved against the address that
    /// was asked (RFC 9457 §3.1.1), so that a code is one type whatever name the adapter goes by.
    /// </summary>
    public static string LinkTo(string code) => $"{All}/{code}";

    /// <summary>Answers under <see cref="LinkTo"/>, and all codes beside.</summary>
    public static void Map(IEndpointRouteBuilder application)
    {
        application.MapGet(All, (RequestDelegate)(static context => WriteAsync(context, string.Join("\n", ExchangeCodes.All.Order(StringComparer.Ordinal).Select(TextOf)))));
        application.MapGet(All + "/{code}", (RequestDelegate)(static context =>
        {
            if (context.Request.RouteValues["code"] is string code && ExchangeCodes.Knows(code))
            {
                return WriteAsync(context, TextOf(code));
            }

            // As any other address that is not there.
            context.SetEndpoint(null);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }));
    }

    /// <summary>What a code means and what cures it, for people.</summary>
    public static string TextOf(string code)
    {
        var status = RefusalMapping.RpcCodeOf(new ExchangeError(ExchangeStage.Encode, code));
        var text = new StringBuilder()
            .Append(code).Append('\n')
            .Append(Phrases.Of("Exchange.HttpGrpcSoap", (int)ExchangeCodes.StatusOf(code), NameOf(status), RefusalMapping.FaultPrefix, code))
            .Append(RefusalTexts.Title(code)).Append(".\n")
            .Append(RefusalTexts.Remedy(code)).Append('\n')
            .Append(Phrases.Of("Exchange.RulePlain")).Append(RefusalTexts.Rule(code)).Append('\n');
        foreach (var (particular, remedy) in RefusalTexts.Particular(code))
        {
            text.Append("- ").Append(particular).Append(": ").Append(remedy).Append('\n');
        }

        return text.ToString();
    }

    private static Task WriteAsync(HttpContext context, string text)
    {
        context.Response.ContentType = ContentType;
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    // INVALID_ARGUMENT, as gRPC's own documents and tools spell it.
    private static string NameOf(StatusCode status) =>
        string.Concat(status.ToString().Select(static (letter, at) => char.IsUpper(letter) && at > 0 ? "_" + letter : letter.ToString())).ToUpperInvariant();
}
