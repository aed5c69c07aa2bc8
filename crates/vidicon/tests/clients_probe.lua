-- Tells a test what mpv does, as one JSON object a line: where it is in the film once it plays,
-- and where after a seek. The time to seek to, in seconds, is the script option "seek_to".
local utils = require "mp.utils"

local target = tonumber(mp.get_opt("seek_to"))
local sought = false

local function say(event)
    io.write(utils.format_json(event), "\n")
    io.flush()
end

mp.register_event("file-loaded", function()
    say({
        event = "loaded",
        duration = mp.get_property_number("duration"),
        seekable = mp.get_property_bool("seekable"),
        tracks = #mp.get_property_native("track-list"),
    })
end)

mp.observe_property("time-pos", "number", function(_, time)
    if time == nil then
        return
    end
    if not sought and time >= 0.5 then
        say({ event = "playing", time = time })
        sought = true
        mp.commandv("seek", target, "absolute")
    elseif sought and time >= target + 0.5 then
        say({ event = "after seek", time = time })
        mp.commandv("quit")
    end
end)

mp.register_event("end-file", function(event)
    say({ event = "end", reason = event.reason, error = event.file_error })
end)
