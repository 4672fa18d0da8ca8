# SPDX-License-Identifier: LGPL-2.1-or-later
"""What benches that count instructions share: a board whose clock advances by one tick for each."""

from board import Board, BoardFailure

NANOSECONDS_AN_INSTRUCTION = 16


def on_board(board: Board, command: str, script: str) -> bytes:
    """What `script` in a shell prints, which runs `command`. Raises BoardFailure if it fails."""
    # The clock goes on while the board waits for a file of this machine's, so a task may seem to hang.
    outcome = board.run(["bash", "-c", script], timeout=1800, count_instructions=True,
                        kernel_arguments=["sysctl.kernel.hung_task_timeout_secs=0"])
    if outcome.status != 0:
        raise BoardFailure(f"{command} ended with {outcome.status}: {outcome.error_text}")
    return outcome.stdout
