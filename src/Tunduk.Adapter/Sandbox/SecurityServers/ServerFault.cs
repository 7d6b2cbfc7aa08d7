namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>A refusal by a simulated security server: code with prefixes in the current spelling, and a text.</summary>
internal sealed record ServerFault(string Code, string Text)
{
    /// <summary>The same fault as the stage that found it names it.</summary>
    public ServerFault Within(string prefix) => this with { Code = prefix + Code };
}
