namespace Tunduk.Adapter.Callers;

/// <summary>Which face of <c>Listen:Is</c> is called.</summary>
internal enum CallerFace
{
    /// <summary>The adapter's own: <c>/v1</c>.</summary>
    Own,

    /// <summary>The one that stands in for a security server: <c>POST /</c>, <c>/r1</c>, <c>/listClients</c>.</summary>
    DropIn,
}
