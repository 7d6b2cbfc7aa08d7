using Microsoft.AspNetCore.Http.Features;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Listeners;

/// <summary>Kestrel's own bounds on bodies: their length, and a pace of 240 bytes a second after the first 5 s.</summary>
internal static class BodyLimit
{
    /// <summary>Takes it away for one request: it is that of bodies held in memory, and the spool has bounds of its own.</summary>
    public static void Lift(HttpRequest request)
    {
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }
    }

    /// <summary>True for what reading a body throws when it does not come whole.</summary>
    public static bool IsIncomplete(Exception exception) => exception is IOException or OperationCanceledException or BadHttpRequestException;

    /// <summary>The refusal of it: the sender was too slow, or is gone.</summary>
    public static ExchangeError Incomplete(Exception exception, string path) => exception is BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout }
        ? new ExchangeError(ExchangeStage.Decode, ExchangeCodes.TransferStalled) { Path = path, Expected = "at least 240 bytes a second", Found = "fewer" }
        : new ExchangeError(ExchangeStage.Decode, ExchangeCodes.RequestIncomplete) { Path = path, Expected = "a whole body", Found = "the connection ended before" };
}
