package aside.meetings;

import ai.timefold.solver.core.api.domain.entity.PlanningEntity;
import ai.timefold.solver.core.api.domain.lookup.PlanningId;
import ai.timefold.solver.core.api.domain.variable.PlanningVariable;

/**
 * A meeting with the grain it starts at and its room.
 *
 * <p>How many people two meetings share is counted once, when the instance is read: per other
 * meeting the people whom both require, those whom one requires and the other prefers or both
 * prefer, and those who are in both at all. The solver then joins meetings, not attendances.
 */
@PlanningEntity
public class Assignment {

    @PlanningId
    private int index;
    private int grains;
    private int people;
    private int[] bothRequired;
    private int[] somePreferred;
    private int[] shared;

    @PlanningVariable
    private TimeGrain start;
    @PlanningVariable
    private Room room;

    public Assignment() {
    }

    Assignment(int index, int grains, int people, int[] bothRequired, int[] somePreferred) {
        this.index = index;
        this.grains = grains;
        this.people = people;
        this.bothRequired = bothRequired;
        this.somePreferred = somePreferred;
        this.shared = new int[bothRequired.length];
        for (int other = 0; other < shared.length; other++) {
            shared[other] = bothRequired[other] + somePreferred[other];
        }
    }

    public TimeGrain getStart() {
        return start;
    }

    public void setStart(TimeGrain start) {
        this.start = start;
    }

    public Room getRoom() {
        return room;
    }

    public void setRoom(Room room) {
        this.room = room;
    }

    int first() {
        return start.index();
    }

    /** The grain after the last one. */
    int end() {
        return start.index() + grains;
    }

    int last() {
        return end() - 1;
    }

    int peopleTooMany() {
        return people - room.seats();
    }

    int overlap(Assignment other) {
        return Math.max(0, Math.min(end(), other.end()) - Math.max(first(), other.first()));
    }

    int bothRequired(Assignment other) {
        return bothRequired[other.index];
    }

    int somePreferred(Assignment other) {
        return somePreferred[other.index];
    }

    int shared(Assignment other) {
        return shared[other.index];
    }
}
