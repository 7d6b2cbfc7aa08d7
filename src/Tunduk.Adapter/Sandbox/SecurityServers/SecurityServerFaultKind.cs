namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>What a simulated security server does wrong on demand, towards the client that asked.</summary>
internal enum SecurityServerFaultKind
{
    /// <summary>Refuses at once with a code of the taxonomy; nothing is forwarded.</summary>
    Code,

    /// <summary>Waits before it forwards.</summary>
    Delay,

    /// <summary>Takes the request and never answers; nothing is forwarded.</summary>
    Hang,

    /// <summary>Closes the connection without forwarding.</summary>
    CloseBeforeForward,

    /// <summary>Forwards, then closes the connection without answering: the client cannot know the outcome.</summary>
    CloseAfterForward,

    /// <summary>Announces the whole answer, sends the first half, closes.</summary>
    HalfAnswer,

    /// <summary>Changes the echoed message id.</summary>
    WrongEcho,

    /// <summary>Writes the hash of another request.</summary>
    WrongHash,

    /// <summary>Leaves requestHash out.</summary>
    MissingHash,

    /// <summary>Alters the first text of the answer's content after the provider signed it.</summary>
    ForgedResponse,

    /// <summary>Removes named headers from the answer (SOAP header elements by local name, REST headers by name).</summary>
    StrippedHeaders,

    /// <summary>Refuses with maintenance_mode until cleared.</summary>
    MaintenanceMode,
}
