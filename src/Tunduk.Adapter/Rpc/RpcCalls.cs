using System.Buffers.Text;
using System.Diagnostics;
using System.Text;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Exchange;
using Tunduk.GrpcHosting;
using Tunduk.GrpcHosting.Server;
using Tunduk.XRoad.Contracts.Outcomes;

namespace Tunduk.Adapter.Rpc;

/// <summary>What every gRPC method of the adapter does with a call: who calls, which X-Road values it names, and how it is refused.</summary>
internal sealed partial class RpcCalls(Func<HttpRequest, Uri?> site, ILogger<RpcCalls> log)
{
    private static readonly object CallerKey = new();

    /// <summary>Keeps the caller that the listener has authenticated.</summary>
    public static void SetCaller(HttpContext context, Caller caller) => context.Items[CallerKey] = caller;

    /// <summary>The caller of a call; null before authentication.</summary>
    public static Caller? FindCaller(HttpContext context) => context.Items.TryGetValue(CallerKey, out var caller) ? (Caller?)caller : null;

    public static Caller CallerOf(ServerCallContext context) => FindCaller(context.GetHttpContext())!;

    /// <summary>The X-Road values of the metadata; <c>NAME-bin</c> carries text that is not ASCII.</summary>
    public static Outcome<CallHeaders> HeadersOf(ServerCallContext context)
    {
        var given = context.GetHttpContext().Request.Headers;
        var headers = new HeaderDictionary();
        foreach (var name in CallHeaders.Names)
        {
            if (given.TryGetValue(name, out var values))
            {
                headers[name] = values;
            }

            foreach (var value in given[name + "-bin"])
            {
                if (!TryText(value, out var text))
                {
                    return new ExchangeError(ExchangeStage.Decode, ExchangeCodes.HeaderInvalid) { Path = name + "-bin", Expected = RefusalPhrases.Of("base64_of_utf_8"), Found = RefusalPhrases.Of("other_text") };
                }

                headers.Append(name, text);
            }
        }

        return CallHeaders.Read(headers);
    }

    /// <summary>The answer, or the refusal it is in gRPC: what a REST service says with another status than success has no message.</summary>
    public static ExchangeAnswer Judged(ExchangeAnswer answer) => answer.Error is null && answer.Status is < 200 or > 299
        ? answer with { Error = new ExchangeError(ExchangeStage.Forward, ExchangeCodes.ProviderFault) { Path = "HTTP status", Expected = RefusalPhrases.Of("200_to_299"), Found = answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture) } }
        : answer;

    /// <summary>Tells record and message id in the headers of the answer, which have not been sent yet.</summary>
    public static void Tell(ServerCallContext context, ExchangeAnswer answer) => Tell(context.GetHttpContext(), answer);

    private static void Tell(HttpContext context, ExchangeAnswer answer)
    {
        if (context.Response.HasStarted)
        {
            return; // A stream is refused after it began: the status says the record.
        }

        var headers = context.Response.Headers;
        if (answer.Record is { } record)
        {
            headers[Listeners.IsListener.RecordHeader] = record.ToString();
        }

        if (answer.MessageId is { } id)
        {
            headers[CallHeaders.IdName] = id;
        }

        // Not a status: of a call that does not end with OK the message would be lost.
        if (answer.Business is { } outcome)
        {
            headers[BusinessOutcomes.Header] = OutcomeRules.Name(outcome);
        }
    }

    /// <summary>The refusal as a status; record and message id stand in the headers of the answer as they do beside an answer.</summary>
    public RpcException Refuse(ServerCallContext context, ExchangeAnswer answer) => Refuse(context.GetHttpContext(), answer);

    /// <summary>The same for a refusal without a record.</summary>
    public RpcException Refuse(ServerCallContext context, ExchangeError error) => Refuse(context.GetHttpContext(), new ExchangeAnswer { Error = error });

    /// <summary>The same before a method is known.</summary>
    public RpcException Refuse(HttpContext context, ExchangeAnswer answer)
    {
        Tell(context, answer);
        return RefusalMapping.ToRpc(answer.Error!, answer.Record?.ToString(), Activity.Current?.TraceId.ToString(), site(context.Request));
    }

    /// <summary>The edge: what nobody foresaw is a named refusal, and its text, which may hold a value, stays here.</summary>
    public async Task<T> RunAsync<T>(ServerCallContext context, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception exception) when (exception is not RpcException && !context.CancellationToken.IsCancellationRequested)
        {
            LogUnforeseen(exception.GetType().FullName, new StackTrace(exception, fNeedFileInfo: false).ToString());
            throw Refuse(context, ExchangeError.Unforeseen(exception, outcomeUnknown: true));
        }
    }

    /// <summary>The same for a method that writes its answers itself.</summary>
    public Task RunAsync(ServerCallContext context, Func<Task> call) => RunAsync(context, async () =>
    {
        await call();
        return true;
    });

    private static bool TryText(string? value, out string text)
    {
        text = "";
        if (value is null || value.Length > 8_000)
        {
            return false;
        }

        var padded = value.PadRight((value.Length + 3) / 4 * 4, '=');
        Span<byte> bytes = new byte[padded.Length];
        if (Base64.DecodeFromUtf8(Encoding.ASCII.GetBytes(padded), bytes, out _, out var count) != System.Buffers.OperationStatus.Done || !System.Text.Unicode.Utf8.IsValid(bytes[..count]))
        {
            return false;
        }

        text = Encoding.UTF8.GetString(bytes[..count]);
        return true;
    }

    [LoggerMessage(1702, LogLevel.Error, "Unforeseen fault {Type}{StackTrace}")]
    private partial void LogUnforeseen(string? type, string stackTrace);
}
