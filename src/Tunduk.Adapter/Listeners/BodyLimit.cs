using Microsoft.AspNetCore.Http.Features;

namespace Tunduk.Adapter.Listeners;

/// <summary>Kestrel's own bound on bodies.</summary>
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
}
