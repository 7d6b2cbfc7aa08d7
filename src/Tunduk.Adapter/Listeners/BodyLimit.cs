using System.Buffers;
using Microsoft.AspNetCore.Http.Features;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Listeners;

/// <summary>Kestrel's own bounds on bodies: their length, and a pace of 240 bytes a second after the first 5 s.</summary>
internal static class BodyLimit
{
    // Of bodies refused before their end. Who writes the whole request before reading anything (most clients) would otherwise see a reset and no reason.
    private const long MostAfterRefusal = 64 * 1024 * 1024;
    private static readonly TimeSpan LongestAfterRefusal = TimeSpan.FromSeconds(2);

    // Kestrel's own words; its reason is not public, and every fault of a body's framing is a 400, but that of a chunk too long to count.
    private const string EndedEarly = "Unexpected end of request content.";

    /// <summary>Sets it for one request: above the bound that refuses by name, by as much as is read after a refusal.</summary>
    public static void Begin(HttpContext context, long maxBody) => Set(context, maxBody + MostAfterRefusal);

    /// <summary>Takes it away for one request: it is that of bodies held in memory, and the spool has bounds of its own.</summary>
    public static void Lift(HttpRequest request) => Set(request.HttpContext, null);

    /// <summary>
    /// Ends a request that was answered before the end of its body: what is on its way is read so that the sender sees the answer; one
    /// that goes on sending loses the connection.
    /// </summary>
    public static async Task EndAsync(HttpContext context)
    {
        if (IsOver(context))
        {
            return;
        }

        using var late = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        late.CancelAfter(LongestAfterRefusal);
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            await context.Response.CompleteAsync();
            for (long all = 0; all < MostAfterRefusal;)
            {
                var read = await context.Request.Body.ReadAsync(buffer, late.Token);
                if (read == 0)
                {
                    return;
                }

                all += read;
            }
        }
        catch (BadHttpRequestException)
        {
            // Kestrel itself ends a connection on which it cannot read on, after the refusal has left: an abort would take it back.
            return;
        }
        catch (Exception exception) when (IsIncomplete(exception))
        {
            // It ends all the same.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }

        context.Abort();
    }

    /// <summary>The refusal of a body that is compressed: what nobody has read is not passed over in silence. Null where it is not.</summary>
    public static ExchangeError? Encoded(HttpRequest request) => request.Headers.ContentEncoding.Any(value => !string.IsNullOrEmpty(value) && !value.Trim().Equals("identity", StringComparison.OrdinalIgnoreCase))
        ? new ExchangeError(ExchangeStage.Decode, ExchangeCodes.ContentTypeUnsupported) { Path = "Content-Encoding", Expected = RefusalPhrases.Of("body_that_is_not_compressed"), Found = RefusalPhrases.Of("another_encoding"), Remedy = RefusalTexts.Remedy(ExchangeCodes.ContentTypeUnsupported, "encoding") }
        : null;

    // True where nothing of the request is still to come: streams of HTTP/2 end by themselves, and who waits for "100 Continue" sends no body once it has an answer.
    private static bool IsOver(HttpContext context)
    {
        var request = context.Request;
        if (HttpProtocol.IsHttp2(request.Protocol) || context.RequestAborted.IsCancellationRequested || context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            return true;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false })
        {
            if (request.Headers.Expect.Count > 0)
            {
                return true;
            }

            Lift(request);
        }

        try
        {
            if (!request.BodyReader.TryRead(out var rest))
            {
                return false;
            }

            request.BodyReader.AdvanceTo(rest.Buffer.Start);
            return rest is { IsCompleted: true, Buffer.IsEmpty: true };
        }
        catch (Exception exception) when (IsIncomplete(exception))
        {
            return true;
        }
    }

    private static void Set(HttpContext context, long? most)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = most;
        }
    }

    /// <summary>True for what reading a body throws when it does not come whole.</summary>
    public static bool IsIncomplete(Exception exception) => exception is IOException or OperationCanceledException or BadHttpRequestException;

    /// <summary>The refusal of it: the sender was too slow, is gone, or its chunks are none.</summary>
    public static ExchangeError Incomplete(Exception exception, string path) => exception switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => new ExchangeError(ExchangeStage.Decode, ExchangeCodes.TransferStalled) { Path = path, Expected = RefusalPhrases.Of("at_least_240_bytes_second"), Found = RefusalPhrases.Of("fewer") },
        BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest, Message: not EndedEarly } or IOException { InnerException: OverflowException } => new ExchangeError(ExchangeStage.Decode, ExchangeCodes.HttpMalformed) { Path = path, Expected = RefusalPhrases.Of("chunks_as_rfc_9112_7_1_has_them"), Found = RefusalPhrases.Of("other_bytes") },
        _ => new ExchangeError(ExchangeStage.Decode, ExchangeCodes.RequestIncomplete) { Path = path, Expected = RefusalPhrases.Of("whole_body"), Found = RefusalPhrases.Of("connection_ended_before") },
    };
}
