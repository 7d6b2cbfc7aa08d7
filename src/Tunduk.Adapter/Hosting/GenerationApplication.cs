using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Tunduk.Adapter.Hosting;

/// <summary>
/// What a listener's Kestrel runs: each request goes through the face of the generation that is current when it begins, and
/// holds that generation until it has ended.
/// </summary>
internal sealed class GenerationApplication(Generations generations, ListenerKind listener) : IHttpApplication<GenerationApplication.Context>
{
    public Context CreateContext(IFeatureCollection contextFeatures)
    {
        var generation = generations.Enter();
        var face = generation.FaceOf(listener);
        return new Context(generation, face, face.CreateContext(contextFeatures));
    }

    public Task ProcessRequestAsync(Context context) => context.Face.ProcessRequestAsync(context.Inner);

    public void DisposeContext(Context context, Exception? exception)
    {
        context.Face.DisposeContext(context.Inner, exception);
        context.Generation.Exit();
    }

    internal sealed record Context(Generation Generation, IFaceApplication Face, object Inner);
}
