using Microsoft.AspNetCore.Http.Features;

namespace Tunduk.Adapter.Hosting;

/// <summary>An application's pipeline as a server sees it, whatever its context is. For each context: created, processed, disposed, in this order.</summary>
internal interface IFaceApplication
{
    object CreateContext(IFeatureCollection features);

    Task ProcessRequestAsync(object context);

    void DisposeContext(object context, Exception? exception);
}
