namespace Tunduk.Adapter.Configuration;

/// <summary>What a part has prepared from a changed configuration.</summary>
/// <param name="Commit">Puts it in force; must not fail.</param>
/// <param name="Discard">Gives back what was prepared, where another part found a fault.</param>
internal sealed record Reload(Action Commit, Action Discard);
