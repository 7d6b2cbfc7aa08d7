using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Listeners;

/// <summary>What one listener shows: its endpoints, and how it refuses. Refusing must work in any state of the adapter.</summary>
internal interface IListenerFace
{
    /// <summary>Maps the endpoints.</summary>
    void Map(WebApplication application);

    /// <summary>Writes a refusal in the dress of this listener.</summary>
    Task RefuseAsync(HttpContext context, ExchangeError error);
}
